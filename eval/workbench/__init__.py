"""The evaluator's workbench: any set, any system, results on disk, compared and shown."""
