"""Platform-neutral interface between the core and the adapters: views, actions, forms, and the ChatPort that shows them."""
