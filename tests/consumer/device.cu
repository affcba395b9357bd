// SPDX-License-Identifier: MIT
#include "device.cpp"
