"""What is learnt: weights, the adapter, the encoder of questions."""
