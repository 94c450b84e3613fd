/* oneDNN as the portable program has it: opened at the first call, where it is installed.
 *
 * onednn_functions.inc holds F(name) for every function that the program calls
 * (scripts/portable.sh). All their arguments are integers or pointers, at most eight, so that one
 * form calls them all. Without the library dnnl_version answers 0.0.0 and every other function
 * dnnl_unimplemented. */
#include <dlfcn.h>
#include <dnnl_version.h>
#include <pthread.h>

#define TEXT(number) #number
#define LIBRARY(major) "libdnnl.so." TEXT(major)

typedef long Function(long, long, long, long, long, long, long, long);

enum { kUnimplemented = 3 };

static long unimplemented(long a, long b, long c, long d, long e, long f, long g, long h) {
  (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h;
  return kUnimplemented;
}

static void open_library(void);
static pthread_once_t once = PTHREAD_ONCE_INIT;

#define F(name)                                                               \
  static Function* found_##name = unimplemented;                              \
  long name(long a, long b, long c, long d, long e, long f, long g, long h) { \
    pthread_once(&once, open_library);                                        \
    return found_##name(a, b, c, d, e, f, g, h);                              \
  }
#include "onednn_functions.inc"
#undef F

static const int kNone[3];
static const void* (*found_version)(void);

const void* dnnl_version(void) {
  pthread_once(&once, open_library);
  return found_version ? found_version() : (const void*)kNone;
}

static void open_library(void) {
  void* const library = dlopen(LIBRARY(DNNL_VERSION_MAJOR), RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
#define F(name) \
  if (!dlsym(library, #name)) return;
#include "onednn_functions.inc"
#undef F
#define F(name) found_##name = (Function*)dlsym(library, #name);
#include "onednn_functions.inc"
#undef F
  found_version = (const void* (*)(void))dlsym(library, "dnnl_version");
}
