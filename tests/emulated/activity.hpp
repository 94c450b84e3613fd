#pragma once

#include <vector>

/// What the emulated cards did, on the host's steady clock: the runtime writes it, and the stand-in
/// for NVML, a library of its own, reads it through the C functions at the end. Safe to call from
/// any thread.
namespace gpugauge::emulated {

/// The card `device` works for as long as this lives. Intervals of one card may nest or overlap.
class Working {
 public:
  explicit Working(int device);
  ~Working();
  Working(const Working&) = delete;
  Working& operator=(const Working&) = delete;

 private:
  int device_;
};

/// The driver's number for what went wrong (31: a page fault, after an illegal address; 79: fallen
/// off the bus), for those who watch the card. After 79, NVML answers that the card is lost.
void report_xid(int device, int xid);

}  // namespace gpugauge::emulated

extern "C" {
/// Seconds of work within the last `seconds`; since the start if infinite.
double emulated_seconds_of_work(int device, double seconds);
/// Seconds since the process started.
double emulated_seconds_alive();
/// The XID number `index` of those reported; 0 where there are not so many.
int emulated_xid(int device, int index);
}
