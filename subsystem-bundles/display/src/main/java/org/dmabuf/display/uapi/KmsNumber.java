package org.dmabuf.display.uapi;

import java.util.Arrays;
import java.util.Optional;
import org.dmabuf.file.Ioctl;

/** The requests of mode setting, with their numbers. Counterpart: {@code DRM_IOCTL_MODE_*}. */
enum KmsNumber {
  GET_CAP(0x0c, false),
  SET_CLIENT_CAP(0x0d, false),
  WAIT_VBLANK(0x3a, false),
  GETRESOURCES(0xa0, false),
  GETCRTC(0xa1, false),
  SETCRTC(0xa2, true),
  GETENCODER(0xa6, false),
  GETCONNECTOR(0xa7, false),
  GETPROPERTY(0xaa, false),
  GETPROPBLOB(0xac, false),
  RMFB(0xaf, false),
  PAGE_FLIP(0xb0, true),
  GETPLANERESOURCES(0xb5, false),
  GETPLANE(0xb6, false),
  ADDFB2(0xb8, false),
  OBJ_GETPROPERTIES(0xb9, false),
  ATOMIC(0xbc, true),
  CREATEPROPBLOB(0xbd, false),
  DESTROYPROPBLOB(0xbe, false),
  GETFB2(0xce, false),
  CLOSEFB(0xd0, false);

  private final int number;
  private final boolean master;

  KmsNumber(int number, boolean master) {
    this.number = number;
    this.master = master;
  }

  /** Returns whether only the master may ask for it. */
  boolean needsMaster() {
    return master;
  }

  /** Returns the request of a number, whatever its size and direction. */
  static Optional<KmsNumber> of(int request) {
    return Arrays.stream(values())
        .filter(known -> known.number == Ioctl.number(request))
        .findFirst();
  }
}
