"""Text to vectors: one model, exported to ONNX once, run with onnxruntime afterwards."""
