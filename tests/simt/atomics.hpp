#pragma once

// Threads change at collectives only, so a plain read and write is atomic.

#include <type_traits>
#include <utility>

template <typename T>
T atomicAdd(T* address, std::type_identity_t<T> value) {
  return std::exchange(*address, static_cast<T>(*address + value));
}
template <typename T>
T atomicSub(T* address, std::type_identity_t<T> value) {
  return std::exchange(*address, static_cast<T>(*address - value));
}
template <typename T>
T atomicMax(T* address, std::type_identity_t<T> value) {
  return std::exchange(*address, value > *address ? value : *address);
}
template <typename T>
T atomicMin(T* address, std::type_identity_t<T> value) {
  return std::exchange(*address, value < *address ? value : *address);
}
template <typename T>
T atomicOr(T* address, std::type_identity_t<T> value) {
  return std::exchange(*address, *address | value);
}
template <typename T>
T atomicAnd(T* address, std::type_identity_t<T> value) {
  return std::exchange(*address, *address & value);
}
template <typename T>
T atomicExch(T* address, std::type_identity_t<T> value) {
  return std::exchange(*address, value);
}
template <typename T>
T atomicCAS(T* address, std::type_identity_t<T> expected, std::type_identity_t<T> value) {
  return std::exchange(*address, *address == expected ? value : *address);
}
/// Counts up to `limit`, then begins at 0 again.
inline unsigned atomicInc(unsigned* address, unsigned limit) {
  return std::exchange(*address, *address >= limit ? 0 : *address + 1);
}
