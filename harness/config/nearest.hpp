#pragma once

#include "harness/base/nearest.hpp"
