package org.dmabuf;

/**
 * The error numbers of Linux (x86-64 values), as {@link DmaBufException} carries them.
 *
 * <p>Kernel counterpart: {@code include/uapi/asm-generic/errno.h}.
 */
public enum Errno {
  EPERM(1),
  ENOENT(2),
  EINTR(4),
  EIO(5),
  ENXIO(6),
  EBADF(9),
  EAGAIN(11),
  ENOMEM(12),
  EACCES(13),
  EFAULT(14),
  EBUSY(16),
  EEXIST(17),
  EXDEV(18),
  ENODEV(19),
  EINVAL(22),
  ENFILE(23),
  EMFILE(24),
  ENOTTY(25),
  EFBIG(27),
  ENOSPC(28),
  ESPIPE(29),
  EPIPE(32),
  ERANGE(34),
  EDEADLK(35),
  ENOSYS(38),
  EBADR(53),
  ENODATA(61),
  ETIME(62),
  EOVERFLOW(75),
  EBADFD(77),
  EOPNOTSUPP(95),
  ENOBUFS(105),
  ETOOMANYREFS(109),
  ETIMEDOUT(110),
  EALREADY(114),
  EREMOTEIO(121),
  EDQUOT(122),
  ECANCELED(125),
  /** A wait was interrupted; the kernel restarts the call or returns EINTR to the program. */
  ERESTARTSYS(512);

  private final int number;

  Errno(int number) {
    this.number = number;
  }

  /** Returns the positive number that Linux gives this error. */
  public int number() {
    return number;
  }
}
