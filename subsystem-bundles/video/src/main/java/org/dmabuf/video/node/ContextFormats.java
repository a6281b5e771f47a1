package org.dmabuf.video.node;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.dmabuf.DmaBufException;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.video.queue.QueueType;
import org.dmabuf.video.queue.VideoQueue;

/**
 * What the frames of a context's queues are like.
 *
 * <pre>
 *   queue -> format, and what its pitches are multiples of
 *            set by programs while the queue has no buffers, or taken over from a predecessor
 * </pre>
 *
 * <p>Thread-safe.
 */
final class ContextFormats {
  private final VideoNodeInfo info;
  private final Map<QueueType, FrameFormat> formats = new EnumMap<>(QueueType.class);
  private final Map<QueueType, Integer> aligns = new EnumMap<>(QueueType.class);

  ContextFormats(VideoNodeInfo info) {
    this.info = info;
  }

  /** A queue begins as the device says. */
  synchronized void add(QueueType type) {
    formats.put(type, info.initial());
    aligns.put(type, info.pitchAlign());
  }

  synchronized FrameFormat of(QueueType type) {
    return formats.get(type);
  }

  synchronized int align(QueueType type) {
    return aligns.get(type);
  }

  /**
   * Sets a queue's.
   *
   * @param busy what is thrown while it has buffers
   */
  synchronized void set(VideoQueue queue, FrameFormat format, Supplier<DmaBufException> busy) {
    set(queue, align(queue.type()), format, busy);
  }

  /** As the other, with what its pitches are multiples of. */
  synchronized void set(
      VideoQueue queue, int align, FrameFormat format, Supplier<DmaBufException> busy) {
    if (queue.keepsFormat()) {
      throw busy.get();
    }
    formats.put(queue.type(), format);
    aligns.put(queue.type(), align);
  }

  /** Frames are as a predecessor's were, where there are such here, too. */
  synchronized void takeOver(QueueType type, ContextState.Format taken) {
    int align = taken.align();
    if (!formats.containsKey(type) || !has(taken.fourcc()) || !isAlignment(align)) {
      return;
    }
    FrameFormat made =
        info.nearest(taken.fourcc(), taken.width(), taken.height(), taken.line(), align);
    if (made.width() == taken.width() && made.height() == taken.height()) {
      formats.put(type, made);
      aligns.put(type, align);
    }
  }

  private boolean has(int fourcc) {
    return VideoPixels.ofFourcc(fourcc).filter(info.formats()::contains).isPresent();
  }

  private static boolean isAlignment(int align) {
    return align == 0
        || (align > 0 && align <= FrameLayout.MAX_PITCH_ALIGN && Integer.bitCount(align) == 1);
  }

  /** Returns those that are not as they began. */
  synchronized Map<QueueType, ContextState.Format> changed() {
    ContextState.Format initial = info.initial().asked(info.pitchAlign());
    Map<QueueType, ContextState.Format> changed = new EnumMap<>(QueueType.class);
    formats.forEach((type, format) -> changed.put(type, format.asked(aligns.get(type))));
    changed.values().removeIf(initial::equals);
    return changed;
  }
}
