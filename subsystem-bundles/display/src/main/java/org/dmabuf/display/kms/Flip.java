package org.dmabuf.display.kms;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.fence.DmaFence;

/**
 * What one commit does to one CRTC.
 *
 * @param commit of which it is part, never null
 * @param crtc to which, never null
 * @param modeset whether it switches the CRTC, for which no vblank is waited for
 * @param scene what is on the screen from then on, empty for a dark one, never null
 * @param left framebuffers that are no longer shown then, with one use each, never null
 * @param event the client's number for the event, empty for none, never null
 * @param outFence what is to complete then, empty for none, never null
 * @param writebacks what is to be written then, never null
 */
record Flip(
    Commit commit,
    Crtc crtc,
    boolean modeset,
    Optional<Scene> scene,
    List<Framebuffer> left,
    OptionalLong event,
    Optional<DmaFence> outFence,
    List<WritebackJob> writebacks) {}
