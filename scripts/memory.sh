# How the service's Node uses memory; sourced by start.sh, read by memory.ts for tests and the benchmark.
# Six services after 2,500 sweeps, and 100 services back to back (Node 24.21, 2 cores, Nov 2026):
#   Node's defaults    277 MB    0.12 ms of CPU a check
#   only the flags     143 MB
#   flags and malloc   121 MB    0.13 ms
# --optimize-for-size, which was here before, saved as much and doubled the CPU time of a check.

# glibc: one arena for all threads, as each keeps what was freed in it, and large pieces go back to the system at once.
export MALLOC_ARENA_MAX=1
export MALLOC_TRIM_THRESHOLD_=131072
export MALLOC_MMAP_THRESHOLD_=65536

# The heap grows to 1.5 times what lives in it, not to four times. Maglev compiles with some 15 MB that malloc does not get back;
# TurboFan alone reaches the same speed a little later. Threads that help to collect so little cost more than they save.
memory_flags="--max-semi-space-size=2 --no-maglev --heap-growing-percent=50 --single-threaded-gc"
