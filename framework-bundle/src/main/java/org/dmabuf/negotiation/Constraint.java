package org.dmabuf.negotiation;

import org.dmabuf.format.Fourcc;

/**
 * What can rule a candidate out, in the order in which it is told. Each puts two numbers into
 * words: what is asked, and what there is.
 */
public enum Constraint {
  /** The pixel format; the numbers are DRM's code, twice. */
  FORMAT {
    @Override
    String words(long asked, long there) {
      return "has no " + Fourcc.text((int) asked);
    }
  },
  /** The modifier of the format; the numbers are the modifier and DRM's code. */
  MODIFIER {
    @Override
    String words(long asked, long there) {
      return "has no %s with modifier %s"
          .formatted(Fourcc.text((int) there), FormatTable.text(asked));
    }
  },
  /** An implicit modifier, which only devices of the exporter's driver understand. */
  DRIVER {
    @Override
    String words(long asked, long there) {
      return "is not of the exporter's driver, which alone knows what the modifier INVALID means";
    }
  },
  /** The width of the frame, in pixels. */
  WIDTH {
    @Override
    String words(long asked, long there) {
      return limit("widths", asked, there);
    }
  },
  /** The height of the frame, in pixels. */
  HEIGHT {
    @Override
    String words(long asked, long there) {
      return limit("heights", asked, there);
    }
  },
  /** The size of the buffer, in bytes. */
  BYTES {
    @Override
    String words(long asked, long there) {
      return "has buffers up to " + there + " bytes, and this one has " + asked;
    }
  },
  /** The highest address that the device reaches. */
  ADDRESS {
    @Override
    String words(long asked, long there) {
      return "reaches addresses up to %#x, and the memory lies up to %#x".formatted(asked, there);
    }
  },
  /** What the runs of memory begin on, in bytes. */
  ALIGNMENT {
    @Override
    String words(long asked, long there) {
      return "needs memory aligned to " + asked + " bytes, and it is to " + there;
    }
  },
  /** The memory in one run; the second number is how long runs are at least, in bytes. */
  CONTIGUITY {
    @Override
    String words(long asked, long there) {
      return "needs one run of addresses, and the memory is in runs of " + there + " bytes or more";
    }
  },
  /** How many runs of addresses the device takes. */
  SEGMENTS {
    @Override
    String words(long asked, long there) {
      return "takes " + asked + " runs of addresses, and there may be " + there;
    }
  },
  /** Memory in whole pages of the IOMMU, in bytes. */
  IOMMU_PAGE {
    @Override
    String words(long asked, long there) {
      return "is behind an IOMMU with pages of "
          + asked
          + " bytes, and the memory is in runs of "
          + there
          + " bytes or more";
    }
  },
  /** Memory of another device. */
  PEER {
    @Override
    String words(long asked, long there) {
      return "does not reach the memory of another device";
    }
  };

  abstract String words(long asked, long there);

  private static String limit(String what, long asked, long there) {
    return "has %s %s %d, and this is %d"
        .formatted(what, asked < there ? "from" : "up to", there, asked);
  }
}
