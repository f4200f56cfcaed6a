"""The thinking: pipelines and the experts in them. Imports the kernel only."""
