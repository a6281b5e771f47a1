package org.dmabuf.video.node;

import org.dmabuf.file.IoctlStruct;

/**
 * A format as programs ask for it and are told of it: {@code struct v4l2_format}.
 *
 * <pre>
 *   0 type
 *   single    8 width | 12 height | 16 pixelformat | 20 field | 24 bytesperline | 28 sizeimage
 *             | 32 colorspace
 *   multi     8 width | 12 height | 16 pixelformat | 20 field | 24 colorspace
 *             | 28 plane 0: sizeimage | 32 bytesperline | ... 48 plane 1 ... | 188 number of planes
 * </pre>
 *
 * <p>All places are from the beginning of the structure, which may lie within another one.
 */
final class FormatStruct {
  static final int TYPE = 0;
  private static final int WIDTH = 8;
  private static final int HEIGHT = 12;
  private static final int PIXELFORMAT = 16;
  private static final int FIELD = 20;
  private static final int BYTESPERLINE = 24;
  private static final int SIZEIMAGE = 28;
  private static final int COLORSPACE = 32;
  private static final int MULTI_COLORSPACE = 24;
  private static final int MULTI_PLANES = 28;
  private static final int MULTI_PLANE_BYTES = 20;
  private static final int MULTI_COUNT = 188;
  private static final int SRGB = 8;

  private final IoctlStruct struct;
  private final int at;
  private final boolean multiplanar;

  FormatStruct(IoctlStruct struct, int at, boolean multiplanar) {
    this.struct = struct;
    this.at = at;
    this.multiplanar = multiplanar;
  }

  /** Returns what a device has that is nearest to what is asked here. */
  FrameFormat nearest(VideoNodeInfo info, int pitchAlign) {
    int pitch = struct.getInt(at + (multiplanar ? MULTI_PLANES + 4 : BYTESPERLINE));
    return info.nearest(
        struct.getInt(at + PIXELFORMAT),
        struct.getInt(at + WIDTH),
        struct.getInt(at + HEIGHT),
        pitch,
        pitchAlign);
  }

  /** Returns what is asked of the size of a plane of memory. */
  long size(int plane) {
    int place = multiplanar ? MULTI_PLANES + plane * MULTI_PLANE_BYTES : SIZEIMAGE;
    return Integer.toUnsignedLong(struct.getInt(at + place));
  }

  int bytesPerLine(int plane) {
    int place = multiplanar ? MULTI_PLANES + plane * MULTI_PLANE_BYTES + 4 : BYTESPERLINE;
    return struct.getInt(at + place);
  }

  int fourcc() {
    return struct.getInt(at + PIXELFORMAT);
  }

  int width() {
    return struct.getInt(at + WIDTH);
  }

  int height() {
    return struct.getInt(at + HEIGHT);
  }

  /** Returns how many planes of memory are told of. */
  int buffers() {
    return multiplanar ? struct.getInt(at + MULTI_COUNT) & 0xff : 1;
  }

  void ask(int type, int width, int height, int fourcc, int bytesPerLine) {
    struct.setInt(at + TYPE, type);
    struct.setInt(at + WIDTH, width);
    struct.setInt(at + HEIGHT, height);
    struct.setInt(at + PIXELFORMAT, fourcc);
    struct.setInt(at + (multiplanar ? MULTI_PLANES + 4 : BYTESPERLINE), bytesPerLine);
  }

  /** Tells a format. */
  void fill(FrameFormat format) {
    struct.setInt(at + WIDTH, format.width());
    struct.setInt(at + HEIGHT, format.height());
    struct.setInt(at + PIXELFORMAT, format.pixels().fourcc());
    struct.setInt(at + FIELD, BufferStruct.FIELD_NONE);
    struct.setInt(at + (multiplanar ? MULTI_COLORSPACE : COLORSPACE), SRGB);
    for (int i = 0; i < format.buffers(); i++) {
      fillPlane(i, format.size(i), format.bytesPerLine(i));
    }
    if (multiplanar) {
      struct.setInt(at + MULTI_COUNT, format.buffers());
    }
  }

  /** Tells, or asks for, the size of a plane of memory. */
  void fillPlane(int plane, long size, int bytesPerLine) {
    int base = multiplanar ? MULTI_PLANES + plane * MULTI_PLANE_BYTES : BYTESPERLINE;
    struct.setInt(at + base, multiplanar ? (int) size : bytesPerLine);
    struct.setInt(at + base + 4, multiplanar ? bytesPerLine : (int) size);
  }
}
