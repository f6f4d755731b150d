"""The gate: an adaptive rate limiter, concurrency limiter, circuit breaker and fair queue in front of one image service. See
docs/gate.md."""
