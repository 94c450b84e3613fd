#pragma once

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

/// For how long it is known when the card worked.
inline constexpr double kKeptWorkSeconds = 2;

/// The driver's number for what went wrong (31: a page fault, after an illegal address; 79: fallen
/// off the bus), for those who watch the card. After 79, NVML answers that the card is lost.
void report_xid(int device, int xid);

}  // namespace gpugauge::emulated

extern "C" {
/// Seconds since the process started: the clock of what follows.
double emulated_seconds_alive();
/// Seconds of work from `begin`, 0 or within the last kKeptWorkSeconds, to `end`, which has passed.
/// Whenever it is asked of the same time it is the same.
double emulated_seconds_of_work(int device, double begin, double end);
/// The XID number `index` of those reported; 0 where there are not so many.
int emulated_xid(int device, int index);
}
