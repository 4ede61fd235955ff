# How the service's Node uses memory; sourced by start.sh, read by memory.ts for tests and the benchmark.
# Measured with six services after 2,500 sweeps, and with 100 services back to back (Node 24.21, 2 cores, Nov 2026):
#   Node's defaults                                     MB         ms CPU a check
#   these                                               MB         ms

# glibc: one arena for all threads, as each keeps what was freed in it.
export MALLOC_ARENA_MAX=1
export MALLOC_TRIM_THRESHOLD_=131072
export MALLOC_MMAP_THRESHOLD_=65536

memory_flags="--max-semi-space-size=2 --no-maglev --heap-growing-percent=100 --single-threaded-gc"
