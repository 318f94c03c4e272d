"""The certificate: a decision or a section as a sealed PDF that holds without this server."""
