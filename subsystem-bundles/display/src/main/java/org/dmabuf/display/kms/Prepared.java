package org.dmabuf.display.kms;

import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The framebuffers of a commit: what is waited for, shown and written stays until the commit is
 * done with, whoever removes it, and is where it can be reached.
 *
 * <p>Used by one thread. Kernel counterpart: {@code drm_atomic_helper_prepare_planes()}.
 */
final class Prepared {
  private List<Framebuffer> framebuffers = List.of();

  private Prepared() {}

  /**
   * Uses and prepares all, or none.
   *
   * @throws DmaBufException ENOENT for one that has gone; the exporters' errors; ERESTARTSYS
   */
  static Prepared of(AtomicRequest request, KmsState planned) {
    Prepared all = new Prepared();
    try {
      for (Plane plane : request.planes()) {
        Optional<Framebuffer> shown = planned.of(plane).framebuffer();
        if (shown.isPresent()) {
          all.add(shown.get(), false);
        }
      }
      for (AtomicRequest.Writeback job : request.writebacks().values()) {
        all.add(job.into(), true);
      }
      return all;
    } catch (DmaBufException refused) {
      all.undo();
      throw refused;
    }
  }

  private void add(Framebuffer framebuffer, boolean written) {
    if (!framebuffer.tryUse()) {
      throw new DmaBufException(
          Errno.ENOENT, framebuffer + " was to be shown after it was removed; make another one");
    }
    try {
      framebuffer.prepare(written ? FramebufferMemory::prepareTarget : FramebufferMemory::prepare);
    } catch (DmaBufException refused) {
      framebuffer.unuse();
      throw refused;
    }
    framebuffers = Lists.with(framebuffers, framebuffer);
  }

  /** Returns them, with one use each, all prepared. */
  List<Framebuffer> framebuffers() {
    return framebuffers;
  }

  /** The commit was refused. */
  void undo() {
    for (Framebuffer framebuffer : framebuffers) {
      framebuffer.settled();
      framebuffer.unuse();
    }
  }
}
