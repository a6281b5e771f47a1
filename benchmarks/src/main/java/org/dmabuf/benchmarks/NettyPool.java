package org.dmabuf.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/** Pooled direct buffers of Netty, as its servers use them. */
final class NettyPool {
  private NettyPool() {}

  static ByteBuf allocate(int bytes) {
    return PooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
  }
}
