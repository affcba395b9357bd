// SPDX-License-Identifier: MIT
//
// The functions of cuBLAS that joust/device calls, for the pretended GPU: as slow as their definitions.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <cuda_runtime_api.h>

enum cublasStatus_t { CUBLAS_STATUS_SUCCESS, CUBLAS_STATUS_INVALID_VALUE };
enum cublasOperation_t { CUBLAS_OP_N, CUBLAS_OP_T };
enum cublasSideMode_t { CUBLAS_SIDE_LEFT };
enum cublasFillMode_t { CUBLAS_FILL_MODE_LOWER };
enum cublasDiagType_t { CUBLAS_DIAG_NON_UNIT };
enum cudaDataType_t { CUDA_R_32F, CUDA_R_64F };
enum cublasComputeType_t {
  CUBLAS_COMPUTE_32F,
  CUBLAS_COMPUTE_32F_FAST_TF32,
  CUBLAS_COMPUTE_32F_FAST_16BF,
  CUBLAS_COMPUTE_64F
};
enum cublasGemmAlgo_t { CUBLAS_GEMM_DEFAULT };

struct cublas_handle {
  cudaStream_t stream = nullptr;
};
using cublasHandle_t = cublas_handle*;

inline char const* cublasGetStatusString(cublasStatus_t code) {
  return code == CUBLAS_STATUS_SUCCESS ? "success" : "an unsupported value or parameter was passed";
}
inline cublasStatus_t cublasCreate(cublasHandle_t* handle) {
  *handle = new cublas_handle;
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasDestroy(cublasHandle_t handle) {
  delete handle;
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasSetStream(cublasHandle_t handle, cudaStream_t stream) {
  handle->stream = stream;
  return CUBLAS_STATUS_SUCCESS;
}

namespace pretend_gpu {

// The nearest number with so many digits after the first.
inline double with_digits(double value, cublasComputeType_t compute) {
  if (compute != CUBLAS_COMPUTE_32F_FAST_TF32 && compute != CUBLAS_COMPUTE_32F_FAST_16BF) return value;
  unsigned const dropped = compute == CUBLAS_COMPUTE_32F_FAST_TF32 ? 13 : 16;
  auto const bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
  if ((bits & 0x7f800000U) == 0x7f800000U) return value;
  std::uint32_t const half = (1U << (dropped - 1)) - 1 + ((bits >> dropped) & 1U);
  return static_cast<double>(std::bit_cast<float>((bits + half) >> dropped << dropped));
}

// One sum of the two, term by term from the first.
template <class T>
void gemm(cublasOperation_t turn_a, cublasOperation_t turn_b, int m, int n, int k, T alpha, T const* a,
          int lda, T const* b, int ldb, T beta, T* c, int ldc, cublasComputeType_t compute) {
  for (std::ptrdiff_t j = 0; j < n; ++j) {
    for (std::ptrdiff_t i = 0; i < m; ++i) {
      double sum = 0.0;
      for (std::ptrdiff_t l = 0; l < k; ++l) {
        auto const left = static_cast<double>(a[turn_a == CUBLAS_OP_N ? l * lda + i : i * lda + l]);
        auto const right = static_cast<double>(b[turn_b == CUBLAS_OP_N ? j * ldb + l : l * ldb + j]);
        sum += with_digits(left, compute) * with_digits(right, compute);
      }
      T& to = c[j * ldc + i];
      to = static_cast<T>(static_cast<double>(alpha) * sum +
                          (beta == T{0} ? 0.0 : static_cast<double>(beta * to)));
    }
  }
}

template <class T>
cublasStatus_t put_gemm(cublasHandle_t handle, cublasOperation_t turn_a, cublasOperation_t turn_b, int m,
                        int n, int k, void const* alpha, void const* a, int lda, long long stride_a,
                        void const* b, int ldb, long long stride_b, void const* beta, void* c, int ldc,
                        long long stride_c, int count, cublasComputeType_t compute) {
  T const with = *static_cast<T const*>(alpha);
  T const kept = *static_cast<T const*>(beta);
  machine::the().put(handle->stream, [=] {
    for (std::ptrdiff_t i = 0; i < count; ++i) {
      gemm(turn_a, turn_b, m, n, k, with, static_cast<T const*>(a) + i * stride_a, lda,
           static_cast<T const*>(b) + i * stride_b, ldb, kept, static_cast<T*>(c) + i * stride_c, ldc,
           compute);
    }
  });
  return CUBLAS_STATUS_SUCCESS;
}

template <class T>
cublasStatus_t put_trsm(cublasHandle_t handle, cublasOperation_t turn, int m, int n, T const* alpha,
                        T const* a, int lda, T* b, int ldb) {
  if (m < 0 || n < 0 || lda < (m > 1 ? m : 1) || ldb < (m > 1 ? m : 1)) return CUBLAS_STATUS_INVALID_VALUE;
  T const scale = *alpha;
  machine::the().put(handle->stream, [=] {
    for (std::ptrdiff_t column = 0; column < n; ++column) {
      T* const x = b + column * ldb;
      for (std::ptrdiff_t step = 0; step < m; ++step) {
        std::ptrdiff_t const i = turn == CUBLAS_OP_N ? step : m - 1 - step;
        double sum = static_cast<double>(scale) * static_cast<double>(x[i]);
        for (std::ptrdiff_t l = turn == CUBLAS_OP_N ? 0 : i + 1; l < (turn == CUBLAS_OP_N ? i : m); ++l) {
          sum -= static_cast<double>(turn == CUBLAS_OP_N ? a[l * lda + i] : a[i * lda + l]) *
                 static_cast<double>(x[l]);
        }
        x[i] = static_cast<T>(sum / static_cast<double>(a[i * lda + i]));
      }
    }
  });
  return CUBLAS_STATUS_SUCCESS;
}

}  // namespace pretend_gpu

inline cublasStatus_t cublasGemmStridedBatchedEx(
    cublasHandle_t handle, cublasOperation_t turn_a, cublasOperation_t turn_b, int m, int n, int k,
    void const* alpha, void const* a, cudaDataType_t type_a, int lda, long long stride_a, void const* b,
    cudaDataType_t type_b, int ldb, long long stride_b, void const* beta, void* c, cudaDataType_t type_c,
    int ldc, long long stride_c, int count, cublasComputeType_t compute, cublasGemmAlgo_t) {
  auto const least = [](int rows) { return rows > 1 ? rows : 1; };
  bool const sizes = m >= 0 && n >= 0 && k >= 0 && count >= 0 &&
                     lda >= least(turn_a == CUBLAS_OP_N ? m : k) &&
                     ldb >= least(turn_b == CUBLAS_OP_N ? k : n) && ldc >= least(m);
  bool const types =
      type_a == type_b && type_b == type_c && (type_a == CUDA_R_64F) == (compute == CUBLAS_COMPUTE_64F);
  if (!sizes || !types) return CUBLAS_STATUS_INVALID_VALUE;
  return type_a == CUDA_R_64F
             ? pretend_gpu::put_gemm<double>(handle, turn_a, turn_b, m, n, k, alpha, a, lda, stride_a, b, ldb,
                                             stride_b, beta, c, ldc, stride_c, count, compute)
             : pretend_gpu::put_gemm<float>(handle, turn_a, turn_b, m, n, k, alpha, a, lda, stride_a, b, ldb,
                                            stride_b, beta, c, ldc, stride_c, count, compute);
}
inline cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t turn_a, cublasOperation_t turn_b,
                                   int m, int n, int k, void const* alpha, void const* a,
                                   cudaDataType_t type_a, int lda, void const* b, cudaDataType_t type_b,
                                   int ldb, void const* beta, void* c, cudaDataType_t type_c, int ldc,
                                   cublasComputeType_t compute, cublasGemmAlgo_t algorithm) {
  return cublasGemmStridedBatchedEx(handle, turn_a, turn_b, m, n, k, alpha, a, type_a, lda, 0, b, type_b, ldb,
                                    0, beta, c, type_c, ldc, 0, 1, compute, algorithm);
}
inline cublasStatus_t cublasDtrsm(cublasHandle_t handle, cublasSideMode_t, cublasFillMode_t,
                                  cublasOperation_t turn, cublasDiagType_t, int m, int n, double const* alpha,
                                  double const* a, int lda, double* b, int ldb) {
  return pretend_gpu::put_trsm(handle, turn, m, n, alpha, a, lda, b, ldb);
}
inline cublasStatus_t cublasStrsm(cublasHandle_t handle, cublasSideMode_t, cublasFillMode_t,
                                  cublasOperation_t turn, cublasDiagType_t, int m, int n, float const* alpha,
                                  float const* a, int lda, float* b, int ldb) {
  return pretend_gpu::put_trsm(handle, turn, m, n, alpha, a, lda, b, ldb);
}
