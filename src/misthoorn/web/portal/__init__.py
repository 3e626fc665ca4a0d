"""The portal: what an organisation was told, for its own members and those of its IT provider."""
