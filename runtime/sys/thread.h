// Starting a thread, where having no more of them is an error and not an exception.
#pragma once

#include "plans/base/result.h"

#include <functional>
#include <thread>

namespace mabplan::runtime {

// The caller joins it. An Environment error if the system gives no more threads.
Result<std::thread> start_thread(std::function<void()> run);

}  // namespace mabplan::runtime
