package org.dmabuf.video.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The buffers of a queue by index, with holes where some were removed.
 *
 * <pre>
 *   0 [b0]  1 [b1]  2 (hole)  3 (hole)  4 [b4]  ...  most - 1
 *                   ^ two new ones go here
 * </pre>
 *
 * <p>Guarded by its queue. Kernel counterpart: {@code vb2_queue.bufs} with {@code bufs_bitmap}.
 */
final class BufferSlots {
  private final VideoBuffer[] slots;
  private int count;

  BufferSlots(int most) {
    this.slots = new VideoBuffer[most];
  }

  int count() {
    return count;
  }

  int most() {
    return slots.length;
  }

  /** Returns the buffer of an index; empty beyond the end and for a hole. */
  Optional<VideoBuffer> find(int index) {
    return index < 0 || index >= slots.length
        ? Optional.empty()
        : Optional.ofNullable(slots[index]);
  }

  /** Returns where so many fit next to each other; -1 when nowhere. */
  int room(int wanted) {
    int free = 0;
    for (int i = 0; i < slots.length; i++) {
      free = slots[i] == null ? free + 1 : 0;
      if (free == wanted) {
        return i - wanted + 1;
      }
    }
    return -1;
  }

  void put(VideoBuffer buffer) {
    slots[buffer.index()] = buffer;
    count++;
  }

  void remove(VideoBuffer buffer) {
    slots[buffer.index()] = null;
    count--;
  }

  /** Returns all, by index. */
  List<VideoBuffer> all() {
    List<VideoBuffer> all = new ArrayList<>(count);
    for (VideoBuffer buffer : slots) {
      if (buffer != null) {
        all.add(buffer);
      }
    }
    return all;
  }
}
