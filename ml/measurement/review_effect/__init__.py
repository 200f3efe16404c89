"""What displayed reviews do to the sales of a product page: curve, steps, seeded campaigns."""
