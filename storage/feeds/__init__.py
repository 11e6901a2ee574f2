"""What channels are told of besides what their server follows."""
