"""The main window: menus, bars, columns, and what connects them."""
