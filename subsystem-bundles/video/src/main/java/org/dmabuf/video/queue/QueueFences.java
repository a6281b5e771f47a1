package org.dmabuf.video.queue;

import java.util.List;
import java.util.stream.Stream;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;

/**
 * The fences of one queue, in the order of queuing, by its mode.
 *
 * <pre>
 *   queued       NONE       -
 *                IMPLICIT   before = fences in the reservations; a fence is added to each of them
 *                EXPLICIT   before = the in-fence; a fence for the program, when it wants one
 *   finished     signalled; EIO when the frame failed
 *   given back   ECANCELED
 * </pre>
 *
 * <p>Thread-safe; called without the queue's monitor.
 */
final class QueueFences {
  private final FenceContext context;
  private final boolean reads;

  /**
   * Makes the fences of a queue.
   *
   * @param reads whether the device only reads
   */
  QueueFences(FenceContext context, boolean reads) {
    this.context = context;
    this.reads = reads;
  }

  /** Does what the mode says for a buffer that is about to be queued; its memory is mapped. */
  void attach(VideoBuffer buffer, QueueRequest request, QueueFencing mode) {
    switch (mode) {
      case NONE -> {
        // The device is the only one who knows.
      }
      case IMPLICIT -> addTo(buffer);
      case EXPLICIT -> {
        buffer.before = request.inFence().map(List::of).orElse(List.of());
        buffer.fence = request.wantsOutFence() ? create() : null;
      }
    }
  }

  /** EINVAL when a buffer comes with fences that the queue does not do. */
  static void check(QueueRequest request, QueueFencing mode, String device) {
    boolean asks = request.inFence().isPresent() || request.wantsOutFence();
    if (asks && mode != QueueFencing.EXPLICIT) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Video device %s was given buffer %d with fences, and its queue does %s; EXPLICIT works"
              .formatted(device, request.index(), mode));
    }
  }

  private void addTo(VideoBuffer buffer) {
    // Taken one after the other in a fixed order: each is held only while its fence is added.
    List<DmaFence> before = List.of();
    DmaFence fence = create();
    try {
      List<DmaResv> all = buffer.reservations();
      for (int i = 0; i < all.size(); i++) {
        DmaResv resv = all.get(i);
        resv.lock();
        try {
          buffer.settle(resv);
          resv.reserveFences(1);
          List<DmaFence> more = resv.pending(Usage.toWaitFor(!reads));
          before = before.isEmpty() ? more : Stream.concat(before.stream(), more.stream()).toList();
          resv.addFence(fence, reads ? Usage.READ : Usage.WRITE);
        } finally {
          resv.unlock();
        }
      }
    } catch (DmaBufException refused) {
      context.fail(fence, Errno.ECANCELED);
      throw refused;
    }
    buffer.before = List.copyOf(before);
    buffer.fence = fence;
  }

  /** Makes one; ENODEV when the driver leaves, else what the framework says, such as EDQUOT. */
  private DmaFence create() {
    try {
      return context.create();
    } catch (DmaBufException refused) {
      if (refused.errno() != Errno.ECANCELED) {
        throw refused;
      }
      throw new DmaBufException(
          Errno.ENODEV, "A video device was given a buffer when it left; open its successor");
    }
  }

  /** Completes a fence that was taken from a buffer; null for either means none. */
  void complete(DmaFence fence, Errno error) {
    if (fence == null) {
      return;
    }
    if (error == null) {
      context.signal(fence);
    } else {
      context.fail(fence, error);
    }
  }

  void close() {
    context.close();
  }
}
