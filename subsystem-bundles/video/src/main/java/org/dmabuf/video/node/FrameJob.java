package org.dmabuf.video.node;

/** What a driver is asked to do with the buffers of one frame. */
public sealed interface FrameJob {
  /**
   * Fill a frame.
   *
   * @param target never null
   */
  record Capture(Frame target) implements FrameJob {}

  /**
   * Show or keep a frame.
   *
   * @param source never null
   */
  record Output(Frame source) implements FrameJob {}

  /**
   * Make one frame of another.
   *
   * @param source never null
   * @param target never null
   */
  record Convert(Frame source, Frame target) implements FrameJob {}
}
