package org.dmabuf.video.node;

/** Numbers of controls. Kernel counterpart: {@code V4L2_CID_*} and those of {@code vivid}. */
public final class ControlId {
  /** Added to every sample of luma, or of red, green and blue; 128 adds nothing. */
  public static final int BRIGHTNESS = 0x0098_0900;

  /** Mirrors from left to right. */
  public static final int HFLIP = 0x0098_0914;

  /** Mirrors from top to bottom. */
  public static final int VFLIP = 0x0098_0915;

  /** Turns clockwise, in degrees: a multiple of 90. */
  public static final int ROTATE = 0x0098_0922;

  /** What a device without a sensor shows. */
  public static final int TEST_PATTERN = 0x009f_0903;

  /** Fails the next frame. */
  public static final int INJECT_ERROR = 0x0098_f901;

  /** Ends the stream as broken at the next frame. */
  public static final int INJECT_BREAK = 0x0098_f902;

  private ControlId() {}
}
