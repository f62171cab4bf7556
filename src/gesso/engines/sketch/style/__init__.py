"""How a picture looks: grades, paints, crafts, learned styles and vector shapes."""
