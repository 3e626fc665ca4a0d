"""What is told after the first warning: that it is still there, got worse, is gone, or was a mistake of ours."""
