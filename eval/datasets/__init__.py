"""What is measured and learnt on: question sets, collections, indexes of them."""
