package org.dmabuf.pixel;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out what this JVM was started with. {@link VectorRows} is touched only when it can be. */
final class Accelerations {
  static final String SWITCH = "dmabuf.vector";
  private static final String MODULE = "jdk.incubator.vector";

  private static final Logger LOG = LoggerFactory.getLogger(Acceleration.class);

  static final Acceleration CHOSEN = choose(Boolean.getBoolean(SWITCH), hasVectors());

  private Accelerations() {}

  private static Acceleration choose(boolean wanted, boolean there) {
    if (wanted && there) {
      LOG.info("Pixels are converted by the Vector API, which incubates");
      return Acceleration.VECTOR;
    }
    if (wanted) {
      LOG.warn(
          "Pixels are converted by ordinary code: {} is true, but the module {} is not there;"
              + " start java with --add-modules {}",
          SWITCH,
          MODULE,
          MODULE);
    } else {
      LOG.info("Pixels are converted by ordinary code");
    }
    return Acceleration.SCALAR;
  }

  static boolean hasVectors() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  static RowMath math(Acceleration acceleration) {
    if (acceleration == Acceleration.SCALAR) {
      return new ScalarRows();
    }
    if (!hasVectors()) {
      throw new DmaBufException(
          Errno.EOPNOTSUPP,
          "Vectors were asked for, and the module " + MODULE + " is not in this JVM; SCALAR works");
    }
    return vectors();
  }

  /** Apart, so that nothing above names the class whose imports may be missing. */
  private static RowMath vectors() {
    return new VectorRows();
  }
}
