/* Notes in the file named by TRACE, in order, whatever is done to files below the folder named by TRACED, so
   that it can be told what a loss of power would have left of it. One call at a time.

   A record is: kind u8, inode u64, offset u64, two lengths u32 (little-endian), and as many bytes:
     C path       a file that was not there was made       W bytes      they were written at the offset
     T            it has the length of the offset          S            it was synced
     D path       a directory was synced                   R from, to   renamed
     U path       a name was removed                       M path       a directory was made */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

#define REAL(call) static __typeof__(&call) real; if (!real) real = (__typeof__(&call))dlsym(RTLD_NEXT, #call)
#define BEGIN pthread_mutex_lock(&one)
#define END do { int e = errno; pthread_mutex_unlock(&one); errno = e; } while (0)

static int traced(const char *path) {
    const char *folder = getenv("TRACED");
    return folder && !strncmp(path, folder, strlen(folder));
}

static int traced_fd(int fd, char path[4096], struct stat *of) {
    if (fd < 3) return 0;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long n = readlink(link, path, 4095);
    if (n <= 0) return 0;
    path[n] = 0;
    return traced(path) && !fstat(fd, of);
}

static void note(char kind, uint64_t inode, uint64_t offset, const void *first, uint32_t n, const void *second, uint32_t m) {
    static int trace = -1;
    if (trace < 0) trace = syscall(SYS_openat, AT_FDCWD, getenv("TRACE"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    char head[25];
    head[0] = kind;
    memcpy(head + 1, &inode, 8);
    memcpy(head + 9, &offset, 8);
    memcpy(head + 17, &n, 4);
    memcpy(head + 21, &m, 4);
    struct iovec parts[3] = {{head, 25}, {(void *)first, n}, {(void *)second, m}};
    int e = errno;
    if (syscall(SYS_writev, trace, parts, 3) != 25 + (long)n + (long)m) abort();
    errno = e;
}

#define PATH(kind, inode, path) note(kind, inode, 0, path, strlen(path), 0, 0)

static void opened(const char *path, int flags, int fd, int there) {
    struct stat of;
    if (fd < 0 || !traced(path) || fstat(fd, &of) || !S_ISREG(of.st_mode)) return;
    if (!there) PATH('C', of.st_ino, path);
    else if (flags & O_TRUNC) note('T', of.st_ino, 0, 0, 0, 0, 0);
}

int open64(const char *path, int flags, ...) {
    REAL(open64);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    BEGIN;
    int there = !access(path, F_OK);
    int fd = real(path, flags, mode);
    opened(path, flags, fd, there);
    END;
    return fd;
}

static void wrote(const struct stat *of, const void *bytes, ssize_t n, off64_t at) {
    if (n > 0) note('W', of->st_ino, at, bytes, n, 0, 0);
}

static int is_file(int fd, struct stat *of) {
    char path[4096];
    return traced_fd(fd, path, of) && S_ISREG(of->st_mode);
}

ssize_t write(int fd, const void *bytes, size_t n) {
    REAL(write);
    struct stat of;
    if (!is_file(fd, &of)) return real(fd, bytes, n);
    BEGIN;
    ssize_t done = real(fd, bytes, n);
    if (done > 0) wrote(&of, bytes, done, lseek64(fd, 0, SEEK_CUR) - done);
    END;
    return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at) {
    REAL(pwrite64);
    struct stat of;
    if (!is_file(fd, &of)) return real(fd, bytes, n, at);
    BEGIN;
    ssize_t done = real(fd, bytes, n, at);
    wrote(&of, bytes, done, at);
    END;
    return done;
}

static void synced(int fd) {
    char path[4096];
    struct stat of;
    if (!traced_fd(fd, path, &of)) return;
    if (S_ISDIR(of.st_mode)) PATH('D', of.st_ino, path);
    else note('S', of.st_ino, 0, 0, 0, 0, 0);
}

int fsync(int fd) {
    REAL(fsync);
    BEGIN;
    int failed = real(fd);
    if (!failed) synced(fd);
    END;
    return failed;
}

int fdatasync(int fd) {
    REAL(fdatasync);
    BEGIN;
    int failed = real(fd);
    if (!failed) synced(fd);
    END;
    return failed;
}

int ftruncate64(int fd, off64_t length) {
    REAL(ftruncate64);
    BEGIN;
    char path[4096];
    struct stat of;
    int failed = real(fd, length);
    if (!failed && traced_fd(fd, path, &of)) note('T', of.st_ino, length, 0, 0, 0, 0);
    END;
    return failed;
}

int rename(const char *from, const char *to) {
    REAL(rename);
    BEGIN;
    int failed = real(from, to);
    if (!failed && traced(from)) note('R', 0, 0, from, strlen(from), to, strlen(to));
    END;
    return failed;
}

int unlink(const char *path) {
    REAL(unlink);
    BEGIN;
    int failed = real(path);
    if (!failed && traced(path)) PATH('U', 0, path);
    END;
    return failed;
}


int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    BEGIN;
    int failed = real(path, mode);
    if (!failed && traced(path)) PATH('M', 0, path);
    END;
    return failed;
}

/* What is done in no other way is done in none of these: the model below would not know of it. */
#define NEVER(result, call, arguments) result call arguments { fprintf(stderr, "trace: " #call "\n"); abort(); }
NEVER(int, unlinkat, (int folder, const char *path, int flags))
NEVER(ssize_t, copy_file_range, (int a, off64_t *b, int c, off64_t *d, size_t e, unsigned f))
NEVER(int, fallocate64, (int fd, int mode, off64_t at, off64_t n))
NEVER(int, posix_fallocate64, (int fd, off64_t at, off64_t n))
NEVER(ssize_t, pwritev64, (int fd, const struct iovec *parts, int n, off64_t at))
