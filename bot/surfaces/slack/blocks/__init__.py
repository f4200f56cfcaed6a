"""What is shown in Slack, built from values alone: a message is {"text", "blocks"}, a view is what views.open takes."""
