/* Preloaded into one process: its wall clock is the machine's plus the nanoseconds in the file CHAOS_CLOCK_FILE.
   Time that is measured (CLOCK_MONOTONIC and the others) is left alone, as a step of the clock leaves it alone.
   Waits until an instant of the wall clock (C++ waits so) are put back on the machine's clock. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define BILLION 1000000000LL
#define IS_WALL(when) ((when)->tv_sec > 1000000000) /* a measured time counts from the start of the machine */

static volatile int64_t none = 0;
static volatile int64_t *offset = &none;
static int (*real_clock_gettime)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    const char *path = getenv("CHAOS_CLOCK_FILE");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *found = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    if (found != MAP_FAILED) offset = found;
    close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (!real_clock_gettime) real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    int answer = real_clock_gettime(clock, now);
    if (answer == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) && *offset) {
        int64_t stepped = (int64_t)now->tv_sec * BILLION + now->tv_nsec + *offset;
        now->tv_sec = stepped / BILLION;
        now->tv_nsec = stepped % BILLION;
    }
    return answer;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec found;
    int answer = clock_gettime(CLOCK_REALTIME, &found);
    now->tv_sec = found.tv_sec;
    now->tv_usec = found.tv_nsec / 1000;
    return answer;
}

time_t time(time_t *where) {
    struct timespec found;
    clock_gettime(CLOCK_REALTIME, &found);
    if (where) *where = found.tv_sec;
    return found.tv_sec;
}

static struct timespec put_back(const struct timespec *when) {
    int64_t instant = (int64_t)when->tv_sec * BILLION + when->tv_nsec - *offset;
    struct timespec found = {instant / BILLION, instant % BILLION};
    return found;
}

int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict when) {
    static int (*real)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    if (!real) real = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (!IS_WALL(when)) return real(cond, mutex, when);
    struct timespec machine = put_back(when);
    return real(cond, mutex, &machine);
}

int pthread_cond_clockwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex, clockid_t clock,
                           const struct timespec *restrict when) {
    static int (*real)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "pthread_cond_clockwait");
    if (clock != CLOCK_REALTIME) return real(cond, mutex, clock, when);
    struct timespec machine = put_back(when);
    return real(cond, mutex, clock, &machine);
}
