"""The project: settings, root URLs, and the few things every app uses. No models."""
