// libcurl, loaded with the first request: it brings two dozen libraries along, and most runs ask nothing of the network.
#pragma once

#include "plans/base/result.h"

#include <curl/curl.h>

namespace mabplan::runtime {

// What is used of it, under its own names.
struct CurlLibrary {
    decltype(&::curl_global_init) global_init = nullptr;
    decltype(&::curl_easy_init) easy_init = nullptr;
    decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
    decltype(&::curl_easy_reset) easy_reset = nullptr;
    decltype(&::curl_easy_setopt) easy_setopt = nullptr;
    decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
    decltype(&::curl_easy_perform) easy_perform = nullptr;
    decltype(&::curl_easy_strerror) easy_strerror = nullptr;
    decltype(&::curl_slist_append) slist_append = nullptr;
    decltype(&::curl_slist_free_all) slist_free_all = nullptr;
};

// Loaded and initialised once in a process, by any thread. An Environment error if it is not installed.
const Result<CurlLibrary>& load_curl();
// After load_curl() succeeded.
inline const CurlLibrary& curl() { return *load_curl(); }

}  // namespace mabplan::runtime
