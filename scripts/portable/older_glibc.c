/* What the static libstdc++ of this machine calls and glibc 2.31 does not have. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

/* Of glibc 2.32. False is always right: reference counts are then changed by atomic instructions.
 */
char __libc_single_threaded = 0;

/* Of glibc 2.36. */
uint32_t arc4random(void) {
  uint32_t value;
  while (getrandom(&value, sizeof value, 0) != (ssize_t)sizeof value) {
    if (errno != EINTR) abort();
  }
  return value;
}

/* What `gpugauge --version` says of this link. */
extern const char* const gpugauge_portable;
const char* const gpugauge_portable = "glibc 2.31";
