package org.dmabuf.video.node;

/** What a video device is for. Kernel counterpart: {@code V4L2_CAP_VIDEO_*}. */
public enum NodeRole {
  /** It writes frames. */
  CAPTURE(0x1, 0x1000),
  /** It reads frames. */
  OUTPUT(0x2, 0x2000),
  /** It makes frames of frames, for each open file apart. */
  CONVERTER(0x8000, 0x4000);

  private final int bit;
  private final int multiplanarBit;

  NodeRole(int bit, int multiplanarBit) {
    this.bit = bit;
    this.multiplanarBit = multiplanarBit;
  }

  /** Returns V4L2's capability. */
  public int capability(boolean multiplanar) {
    return multiplanar ? multiplanarBit : bit;
  }
}
