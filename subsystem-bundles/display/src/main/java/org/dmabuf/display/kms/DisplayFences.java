package org.dmabuf.display.kms;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;

/**
 * The fences that a display makes, each kind on a timeline of its own: those of one timeline
 * complete in order, and that is true only within these.
 *
 * <pre>
 *   crtc-0, crtc-1 ...   out-fences, one for each CRTC
 *   commits              when all CRTCs of a commit have flipped
 *   vblanks              who waits for one
 *   writeback            when a frame is written
 * </pre>
 *
 * <p>Thread-safe.
 */
final class DisplayFences implements AutoCloseable {
  private final String device;
  private final Map<Crtc, FenceContext> outs = new HashMap<>();
  private final FenceContext commits;
  private final FenceContext vblanks;
  private final FenceContext writes;

  DisplayFences(DmaBufRegistry registry, String device, List<Crtc> crtcs) {
    this.device = device;
    crtcs.forEach(crtc -> outs.put(crtc, registry.fenceContext(device, crtc.name())));
    this.commits = registry.fenceContext(device, "commits");
    this.vblanks = registry.fenceContext(device, "vblanks");
    this.writes = registry.fenceContext(device, "writeback");
  }

  DmaFence out(Crtc crtc) {
    return create(outs.get(crtc));
  }

  DmaFence commit() {
    return create(commits);
  }

  DmaFence vblank() {
    return create(vblanks);
  }

  DmaFence written() {
    return create(writes);
  }

  /** Completes a fence of this display; false when it had completed. */
  boolean signal(DmaFence fence) {
    return context(fence).signal(fence);
  }

  /** Completes a fence of this display with ECANCELED; false when it had completed. */
  boolean cancel(DmaFence fence) {
    return fail(fence, Errno.ECANCELED);
  }

  /** Completes a fence of this display with an error; false when it had completed. */
  boolean fail(DmaFence fence, Errno error) {
    return context(fence).fail(fence, error);
  }

  /** Completes all that are left with ECANCELED, and makes no more. */
  @Override
  public void close() {
    outs.values().forEach(FenceContext::close);
    commits.close();
    vblanks.close();
    writes.close();
  }

  /** Makes one; ENODEV when the display leaves, else what the framework says, such as EDQUOT. */
  private DmaFence create(FenceContext context) {
    try {
      return context.create();
    } catch (DmaBufException refused) {
      if (refused.errno() != Errno.ECANCELED) {
        throw refused;
      }
      throw new DmaBufException(
          Errno.ENODEV,
          "Display " + device + " was asked for a fence when it leaves; open its successor");
    }
  }

  private FenceContext context(DmaFence fence) {
    long id = fence.contextId();
    if (id == commits.id()) {
      return commits;
    }
    if (id == vblanks.id()) {
      return vblanks;
    }
    if (id == writes.id()) {
      return writes;
    }
    return outs.values().stream().filter(out -> out.id() == id).findFirst().orElseThrow();
  }
}
