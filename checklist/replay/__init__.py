"""A launch as it stood: its leaves folded into the rows they once told of, and those weighed as any (DESIGN 5).

past: the folding, values in, values out. folds: what each verb did. rows: from what was folded to unsaved rows;
rebuilding: those weighed. moments: which entry an address means.

Whoever adds a verb adds its fold, and a kind of row its model in `rows`. A new field comes by itself where the leaf
calls it as the model does.
"""
