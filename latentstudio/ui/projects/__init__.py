"""Project files in the window: saved, opened, said in the title, offered again."""
