"""Pure: what each image model accepts and costs."""
