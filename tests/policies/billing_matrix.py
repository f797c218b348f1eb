"""Who may do what to the tables of billing, as matrix.py has it for the others. Nobody writes one."""

# What is sold is for everybody to read.
SOLD = """
                           select  insert  update  delete  truncate
    nobody                 yes     no      no      no      no
    outsider               yes     no      no      no      no
    other_owner            yes     no      no      no      no
    member                 yes     no      no      no      no
    billing                yes     no      no      no      no
    admin                  yes     no      no      no      no
    owner                  yes     no      no      no      no
    other_app              yes     no      no      no      no
    signed_out             yes     no      no      no      no
    banned                 yes     no      no      no      no
    deleted                yes     no      no      no      no
    signed_in_anonymously  yes     no      no      no      no
    key                    yes     no      no      no      no
    key_without_scope      yes     no      no      no      no
    key_of_member          yes     no      no      no      no
    key_of_banned          yes     no      no      no      no
    other_key              yes     no      no      no      no
    """
# What an organization buys, who may see its bills.
BOUGHT = """
                           select  insert  update  delete  truncate
    nobody                 no      no      no      no      no
    outsider               no      no      no      no      no
    other_owner            no      no      no      no      no
    member                 no      no      no      no      no
    billing                yes     no      no      no      no
    admin                  yes     no      no      no      no
    owner                  yes     no      no      no      no
    other_app              no      no      no      no      no
    signed_out             no      no      no      no      no
    banned                 no      no      no      no      no
    deleted                no      no      no      no      no
    signed_in_anonymously  no      no      no      no      no
    key                    yes     no      no      no      no
    key_without_scope      no      no      no      no      no
    key_of_member          no      no      no      no      no
    key_of_banned          no      no      no      no      no
    other_key              no      no      no      no      no
    """

WHO_MAY = {
    **dict.fromkeys(("products", "prices", "plan_features", "plan_limits"), SOLD),
    **dict.fromkeys(("billing_customers", "subscriptions", "subscription_items", "invoices"), BOUGHT),
    # The target is the plain member's seat.
    "seats": """
                           select  insert  update  delete  truncate
    nobody                 no      no      no      no      no
    outsider               no      no      no      no      no
    other_owner            no      no      no      no      no
    member                 yes     no      no      no      no
    billing                yes     no      no      no      no
    admin                  yes     no      no      no      no
    owner                  yes     no      no      no      no
    other_app              no      no      no      no      no
    signed_out             no      no      no      no      no
    banned                 no      no      no      no      no
    deleted                no      no      no      no      no
    signed_in_anonymously  no      no      no      no      no
    key                    yes     no      no      no      no
    key_without_scope      no      no      no      no      no
    key_of_member          yes     no      no      no      no
    key_of_banned          no      no      no      no      no
    other_key              no      no      no      no      no
    """,
}
