/* Has the operating system fail as the file named by FAULTS says, line by line: CALL PART HOW.
   CALL  write, pwrite, sync, truncate, open (for writing) or clock
   PART  a part of the file's path
   HOW   an error's number, `short` (half of it is written), `torn` (half of it, and then EIO);
         for the clock, seconds to add */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int rule(const char *call, const char *path, char how[16]) {
    const char *faults = getenv("FAULTS");
    if (!faults) return 0;
    int fd = syscall(SYS_openat, AT_FDCWD, faults, O_RDONLY);
    if (fd < 0) return 0;
    char text[1024];
    long n = syscall(SYS_read, fd, text, sizeof text - 1);
    syscall(SYS_close, fd);
    if (n <= 0) return 0;
    text[n] = 0;
    char *rest = 0;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(0, "\n", &rest)) {
        char named[16], part[128];
        if (sscanf(line, "%15s %127s %15s", named, part, how) == 3 && !strcmp(named, call) && strstr(path, part))
            return 1;
    }
    return 0;
}

static int rule_of(const char *call, int fd, char how[16]) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return rule(call, path, how);
}

#define REAL(call) static __typeof__(&call) real; if (!real) real = (__typeof__(&call))dlsym(RTLD_NEXT, #call)
#define FAIL(how) do { errno = atoi(how); return -1; } while (0)

ssize_t write(int fd, const void *bytes, size_t n) {
    REAL(write);
    char how[16];
    if (fd < 3 || !rule_of("write", fd, how)) return real(fd, bytes, n);
    size_t half = n > 1 ? n / 2 : n;
    if (!strcmp(how, "short")) return real(fd, bytes, half);
    if (!strcmp(how, "torn")) { real(fd, bytes, half); errno = EIO; return -1; }
    FAIL(how);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at) {
    REAL(pwrite64);
    char how[16];
    if (!rule_of("pwrite", fd, how)) return real(fd, bytes, n, at);
    size_t half = n > 1 ? n / 2 : n;
    if (!strcmp(how, "short")) return real(fd, bytes, half, at);
    if (!strcmp(how, "torn")) { real(fd, bytes, half, at); errno = EIO; return -1; }
    FAIL(how);
}

int fsync(int fd) {
    REAL(fsync);
    char how[16];
    if (rule_of("sync", fd, how)) FAIL(how);
    return real(fd);
}

int fdatasync(int fd) {
    REAL(fdatasync);
    char how[16];
    if (rule_of("sync", fd, how)) FAIL(how);
    return real(fd);
}

int ftruncate64(int fd, off64_t length) {
    REAL(ftruncate64);
    char how[16];
    if (rule_of("truncate", fd, how)) FAIL(how);
    return real(fd, length);
}

int open64(const char *path, int flags, ...) {
    REAL(open64);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    char how[16];
    if ((flags & O_ACCMODE) != O_RDONLY && rule("open", path, how)) FAIL(how);
    return real(path, flags, mode);
}

int clock_gettime(clockid_t which, struct timespec *time) {
    REAL(clock_gettime);
    char how[16];
    int done = real(which, time);
    if (which == CLOCK_REALTIME && rule("clock", "/", how)) time->tv_sec += atol(how);
    return done;
}
