"""The outside world, one module a neighbour; each turns its SDK's errors into ours."""
