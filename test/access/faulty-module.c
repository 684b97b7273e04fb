// A PKCS#11 module in front of another one (REAL_MODULE), which does wrong what FAULT says. For tests.
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long CK_ULONG;
// The list of functions (PKCS#11 2.40, section 5.2): a version, then 68 pointers.
struct list {
  unsigned char major, minor;
  void *at[68];
};
enum { GET_TOKEN_INFO = 6, LOGIN = 18, SIGN_INIT = 42 };
enum { CKR_DEVICE_REMOVED = 0x32, CKR_PIN_LOCKED = 0xa4 };
enum { CKF_FINAL_TRY = 0x20000, CKF_LOCKED = 0x40000 };

static struct list ours;
static CK_ULONG (*real_token_info)(CK_ULONG, void *);

static int fault(const char *name) {
  const char *now = getenv("FAULT");
  return now != NULL && strcmp(now, name) == 0;
}

// Behind label, maker, model and serial number: 32 + 32 + 16 + 16 bytes.
static CK_ULONG token_info(CK_ULONG slot, void *info) {
  CK_ULONG answer = real_token_info(slot, info);
  CK_ULONG *flags = (CK_ULONG *)((char *)info + 96);
  if (fault("last")) *flags |= CKF_FINAL_TRY;
  if (fault("locked")) *flags |= CKF_LOCKED;
  return answer;
}

static CK_ULONG login(CK_ULONG session, CK_ULONG who, unsigned char *pin, CK_ULONG length) {
  (void)session, (void)who, (void)pin, (void)length;
  if (fault("hang"))
    for (;;) sleep(1);
  if (fault("crash")) abort();
  return CKR_PIN_LOCKED;
}

static CK_ULONG removed(CK_ULONG session, void *mechanism, CK_ULONG key) {
  (void)session, (void)mechanism, (void)key;
  return CKR_DEVICE_REMOVED;
}

CK_ULONG C_GetFunctionList(struct list **out) {
  void *real = dlopen(getenv("REAL_MODULE"), RTLD_NOW);
  CK_ULONG (*get)(struct list **) = real ? (CK_ULONG(*)(struct list **))dlsym(real, "C_GetFunctionList") : NULL;
  struct list *theirs = NULL;
  if (get == NULL || get(&theirs) != 0) return 5;
  ours = *theirs;
  real_token_info = (CK_ULONG(*)(CK_ULONG, void *))ours.at[GET_TOKEN_INFO];
  ours.at[GET_TOKEN_INFO] = (void *)token_info;
  if (fault("hang") || fault("crash") || fault("locks")) ours.at[LOGIN] = (void *)login;
  if (fault("removed")) ours.at[SIGN_INIT] = (void *)removed;
  *out = &ours;
  return 0;
}
