// Starting a thread, where having no more of them is an error and not an exception.
#pragma once

#include "plans/base/result.h"

#include <chrono>
#include <functional>
#include <thread>

namespace mabplan::runtime {

// The caller joins it. An Environment error if the system gives no more threads.
Result<std::thread> start_thread(std::function<void()> run);

// Lets time pass; false if `stop`, which may be empty, said meanwhile that it is to end.
bool sleep_unless(const std::function<bool()>& stop, std::chrono::milliseconds length);

}  // namespace mabplan::runtime
