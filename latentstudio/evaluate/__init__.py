"""Pools, traversals, attribute predictors and ranking, as WarpedGANSpace evaluates its paths."""
