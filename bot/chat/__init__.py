"""The neutral language between core and adapters: views, actions, forms, and the ChatPort that shows them."""
